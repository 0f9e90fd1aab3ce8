/** Why: a connection that does not come about is explained in words a librarian's technician can act on; the log and --selftest say the same. */
import { errnoOf, messageOf } from '#lib/errors';

export interface ConnectFailure {
  code: string;
  what: string;
  advice: string;
  /** Trying again soon cannot help: somebody must act first. */
  slow: boolean;
  /** Said by the server itself: the way to it is open. */
  byServer?: boolean;
}

const BY_CONNACK: Readonly<Record<number, ConnectFailure>> = {
  1: {
    code: 'PROTOCOL_REFUSED',
    what: 'the server does not speak MQTT 3.1.1',
    advice: 'check that the address is a Carrel server',
    slow: true,
  },
  2: {
    code: 'ID_REFUSED',
    what: "the server refuses this probe's id",
    advice: 'check CARREL_AGENT_ID, or issue a new credential',
    slow: true,
  },
  3: {
    code: 'SERVER_UNAVAILABLE',
    what: 'the server takes no connections now',
    advice: "it is tried again; see the server's /readyz",
    slow: false,
  },
  4: {
    code: 'CREDENTIAL_REFUSED',
    what: "the server refuses this probe's credential",
    advice: 'issue a new one on the page of the probe and put it in place',
    slow: true,
  },
  5: {
    code: 'CREDENTIAL_REFUSED',
    what: "the server refuses this probe's credential",
    advice: 'issue a new one on the page of the probe and put it in place',
    slow: true,
  },
};

/** What a failed connection attempt means. */
export function explainFailure(error: unknown): ConnectFailure {
  const returnCode =
    error instanceof Error && 'code' in error && typeof error.code === 'number' ? BY_CONNACK[error.code] : undefined;
  return returnCode
    ? { ...returnCode, byServer: true }
    : (byErrno(errnoOf(error) ?? '', messageOf(error)) ?? bySilence(messageOf(error)));
}

function byErrno(errno: string, message: string): ConnectFailure | undefined {
  switch (errno) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return {
        code: 'BROKER_NAME',
        what: `the server's name is not resolved (${errno})`,
        advice: 'check CARREL_AGENT_BROKER and the DNS of this network',
        slow: false,
      };
    case 'ECONNREFUSED':
      return {
        code: 'BROKER_CLOSED',
        what: "nothing listens at the server's port (ECONNREFUSED)",
        advice: 'check CARREL_AGENT_BROKER and that the server runs with CARREL_MQTTS',
        slow: false,
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return {
        code: 'BROKER_UNREACHABLE',
        what: `the server is not reached (${errno})`,
        advice: 'check the internet connection and whether a firewall stops this port',
        slow: false,
      };
    case 'CERT_NOT_YET_VALID':
    case 'CERT_HAS_EXPIRED':
      return {
        code: 'CERTIFICATE_TIME',
        what: `the server's certificate does not hold at this probe's time (${errno})`,
        advice: 'check the clock of this probe, then the certificate',
        slow: false,
      };
    case 'WEBSOCKET_REFUSED':
      return {
        code: 'WEB_PORT_REFUSED',
        what: `the server's web port takes no MQTT: ${message}`,
        advice: 'check CARREL_AGENT_BROKER_WS, and that a proxy before the server passes WebSockets on',
        slow: false,
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        code: 'CERTIFICATE_NAME',
        what: "the server's certificate is for another name",
        advice: 'use a name that it holds, or add this one with CARREL_TLS_NAMES on the server',
        slow: true,
      };
    default:
      return /CERT|SIGNATURE|ISSUER|CHAIN|SELF_SIGNED/.test(errno)
        ? {
            code: 'CERTIFICATE_UNTRUSTED',
            what: `the server's certificate is not trusted (${errno})`,
            advice: 'this probe needs the "ca" of the server\'s credential; if it has it, something stands between',
            slow: true,
          }
        : undefined;
  }
}

function bySilence(message: string): ConnectFailure {
  if (/timeout/i.test(message))
    return {
      code: 'BROKER_SILENT',
      what: `the server does not answer (${message})`,
      advice: 'it is tried again; check that the port speaks MQTT',
      slow: false,
    };
  return { code: 'BROKER_FAILED', what: message, advice: 'it is tried again', slow: false };
}
