/**
 * Why: the UDP throughput test's packets, written once for both ends. All numbers are big-endian; every packet begins with
 * `0xC5, 0x10 | type, session u48`. The session is 48 random bits that the probe draws for HELLO and that every later packet carries.
 *
 * ```
 * probe  -> server  HELLO     token, mac; padded to 1,200 bytes       once, then after 300, 600, 1200 ms until CHALLENGE or REFUSE
 * server -> probe   CHALLENGE cookie (it proves the address; 24 bytes)
 * probe  -> server  START     cookie, step, what it wants, token, mac  sent twice, 20 ms apart, and again like HELLO until it acts
 * server -> probe   DATA      seq, t_send_us, noise                    mode train: 30 at once; mode down: paced in 2 ms ticks
 * probe  -> server  FEEDBACK  every 50 ms while data comes (mode down); without it the server stops after 300 ms + RTT
 * probe  -> server  DATA      mode up: the probe paces, no faster than the grant
 * server -> probe   REPORT    mode up: every 100 ms what came, per window of 100 ms
 * both              ECHO -> ECHO_REPLY, any time after START; same size
 * probe  -> server  STOP      three times
 * server -> probe   END       three times; again to every STOP that comes within 2 s
 * ```
 * A START of a higher step changes what the session does (idle -> train -> down, another pace); one of the same or a lower step is a
 * repetition and changes nothing. So the pre-probe and the paced test share one session and one proof of the address.
 * Macs are the first 16 bytes of HMAC-SHA256 under the grant's `key` (its text as ASCII bytes) over everything before the mac.
 */
export const UDP = {
  helloBytes: 1200,
  macBytes: 16,
  cookieBytes: 16,
  /** Head of DATA; the rest is noise. */
  dataHeadBytes: 16,
  echoBytes: 24,
  /** UDP payload of DATA: bounds of START.size. 1,472 + 28 = one Ethernet frame. */
  minDataBytes: 200,
  maxDataBytes: 1472,
  /** Packets of the dispersion train. */
  trainPackets: 30,
  feedbackMs: 50,
  /** What a REPORT counts in. */
  windowMs: 100,
  /** Silence after which a side gives up, on top of the RTT, ms. */
  silenceMs: 300,
  /** IP and UDP headers of one packet, bytes. */
  overhead4: 28,
  overhead6: 48,
} as const;

export type Sign = (bytes: Uint8Array) => Uint8Array;

export const UDP_MODES = ['idle', 'train', 'down', 'up'] as const;
export type UdpMode = (typeof UDP_MODES)[number];
/**
 * Why the server will not. `TOKEN`: not signed by this server. `MAC`: not signed by whom the lease was given to. `EXPIRED`: the lease is
 * over or not yet begun. `USED`: this lease has had its test. `BUSY`: too many sessions. `GRANT`: not what was granted (kind, direction).
 * `COOKIE`: too old or of another address: begin again with HELLO.
 */
export const UDP_REFUSALS = ['TOKEN', 'MAC', 'EXPIRED', 'USED', 'BUSY', 'GRANT', 'COOKIE'] as const;
export type UdpRefusal = (typeof UDP_REFUSALS)[number];
/** Why a test ended. `stop`: the probe has seen enough. `silence`: it was not heard any more. `closing`: the server shuts down. */
export const UDP_ENDS = ['stop', 'max_ms', 'max_bytes', 'silence', 'closing'] as const;
export type UdpEnd = (typeof UDP_ENDS)[number];

export interface Hello {
  type: 'hello';
  session: number;
  token: string;
}
export interface Challenge {
  type: 'challenge';
  session: number;
  cookie: Uint8Array;
}
export interface Start {
  type: 'start';
  session: number;
  cookie: Uint8Array;
  /** Rises by at least one with each new wish of a session, 0..255. */
  step: number;
  mode: UdpMode;
  /** IP-layer pace, kb/s; the grant's pace at most. */
  rateKbps: number;
  /** UDP payload of each DATA, bytes. */
  size: number;
  /** Of this step; the grant's at most. */
  maxMs: number;
  /** IP bytes of this step; what is left of the grant's at most. */
  maxBytes: number;
  /** HELLO to CHALLENGE as the probe measured it, ms: how long the server waits for the first FEEDBACK beyond 300 ms; 2 s at most. */
  rttMs: number;
  token: string;
}
export interface Refuse {
  type: 'refuse';
  session: number;
  code: UdpRefusal;
}
export interface Data {
  type: 'data';
  session: number;
  /** From 0, over the whole session. */
  seq: number;
  /** The sender's monotonic microseconds, modulo 2^32. */
  sentUs: number;
}
export interface Feedback {
  type: 'feedback';
  session: number;
  /** Of this FEEDBACK, from 0. */
  seq: number;
  /** Highest DATA.seq so far. */
  lastSeq: number;
  packets: number;
  /** IP bytes received so far in this session. */
  ipBytes: number;
  /** `sentUs` of the newest DATA, and how long ago it came, us: gives the server the RTT. */
  echoUs: number;
  holdUs: number;
  /** Rise of the one-way delay over its minimum, us. */
  owdRiseUs: number;
}
export interface Report {
  type: 'report';
  session: number;
  seq: number;
  lastSeq: number;
  packets: number;
  ipBytes: number;
  /** Numbers that were passed over and have not come since. */
  lost: number;
  owdRiseUs: number;
  /** The newest windows of 100 ms that are over, at most 32, the first of them counted from the first DATA. */
  firstWindow: number;
  windows: { packets: number; ipBytes: number }[];
}
export interface Echo {
  type: 'echo';
  session: number;
  seq: number;
  sentUs: number;
}
export interface EchoReply {
  type: 'echo-reply';
  session: number;
  seq: number;
  sentUs: number;
  /** The server's microseconds, modulo 2^32. */
  receivedUs: number;
}
export interface Stop {
  type: 'stop';
  session: number;
  /** The step that it ends: a late one does not end the next. */
  step: number;
}
export interface End {
  type: 'end';
  session: number;
  step: number;
  why: UdpEnd;
  /** Sent (down, train) or received (up) in this session. */
  packets: number;
  /** With IP and UDP headers. */
  ipBytes: number;
  /** Mode up: packets that were lost on the way. */
  lost: number;
  /** From the first to the last packet of this step, us. */
  durUs: number;
  ticks: number;
  lateTicks: number;
  /** % of one core. */
  cpuPct: number;
  lagMs: number;
  /** 0..1 as in ServerWatch; null where nothing was paced. */
  paceKept: number | null;
}
export type UdpPacket = Hello | Challenge | Start | Refuse | Data | Feedback | Report | Echo | EchoReply | Stop | End;
