/**
 * Why: the socket below MQTT. The authority of the credential is the only one trusted, and TLS sessions are resumed, which saves
 * a kilobyte per reconnect. A probe whose clock is not yet trusted cannot judge the dates of a certificate: it then holds the
 * signature of its own authority and the name against it, and leaves the dates for later (else a 1970 clock could never be set right).
 */
import { X509Certificate } from 'node:crypto';
import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import type { ServerAccess } from './config.ts';

export interface StreamOpener {
  /** A new connection; MQTT writes at once, nothing leaves before the server's certificate was found good. */
  open(): Socket;
  /** Bytes that all connections carried so far, both ways. */
  bytes(): number;
}

export function createStreamOpener(
  server: Pick<ServerAccess, 'broker' | 'ca'>,
  clockTrusted: () => boolean,
  /** Authorities that this system trusts are good as well as the credential's. */
  publicToo = false,
): StreamOpener {
  const { broker, ca } = server;
  let session: Buffer | undefined;
  let closedBytes = 0;
  const current = new Set<Socket>();

  function openTls(): TLSSocket {
    const dated = ca === null || clockTrusted();
    const socket = connectTls({
      host: broker.host,
      port: broker.port,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: dated,
      ...(isIP(broker.host) === 0 && { servername: broker.host }),
      ...(ca !== null && { ca: publicToo ? [...rootCertificates, ca] : ca }),
      ...(dated && session && { session }),
    });
    if (dated)
      socket.on('session', (ticket: Buffer) => {
        session = ticket;
      });
    // Emitted inside of the handshake's last step: destroying here is before any byte of ours is encrypted.
    else
      socket.on('secureConnect', () => {
        if (!isOursWhateverTheDate(socket, broker.host, ca)) socket.destroy(untrusted());
      });
    return socket;
  }
  return {
    open() {
      const socket =
        broker.protocol === 'mqtts' ? openTls() : createConnection({ host: broker.host, port: broker.port });
      socket.setNoDelay(true);
      socket.once('close', () => {
        closedBytes += socket.bytesRead + socket.bytesWritten;
        current.delete(socket);
      });
      current.add(socket);
      return socket;
    },
    bytes: () => [...current].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, closedBytes),
  };
}

const DATE_ERRORS: readonly unknown[] = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

function isOursWhateverTheDate(socket: TLSSocket, host: string, ca: string): boolean {
  if (!socket.authorized && !DATE_ERRORS.includes(errorCodeOf(socket.authorizationError))) return false;
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return false;
  const authority = new X509Certificate(ca);
  const named = isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host);
  return named !== undefined && authority.ca && leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
}

/** Node types it as Error; in truth it is the code as a text. */
function errorCodeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}

function untrusted(): Error {
  return Object.assign(new Error("the server's certificate is not of this probe's authority"), {
    code: 'UNTRUSTED_ISSUER',
  });
}
