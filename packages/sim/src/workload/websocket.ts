/** The server's side of a WebSocket (RFC 6455), as far as port-forwarding needs it: binary messages, ping, close. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** An open WebSocket. */
export interface WebSocketEnd {
  send(data: Buffer): void;
  close(): void;
  onMessage: (data: Buffer) => void;
  onClose: () => void;
}

/** Messages above this end the connection. */
const MOST_BYTES = 1024 * 1024;

/** Accepts an upgrade with this subprotocol. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, protocol: string): WebSocketEnd {
  const key = String(request.headers['sec-websocket-key'] ?? '');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
      `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  );
  const end: WebSocketEnd = {
    send: (data) => void (socket.writable && socket.write(frame(2, data))),
    close: () => {
      if (socket.writable) socket.end(frame(8, Buffer.from([3, 232])));
    },
    onMessage: () => undefined,
    onClose: () => undefined,
  };
  let buffered: Buffer = Buffer.alloc(0);
  let fragments: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    for (let parsed = parse(buffered); parsed; parsed = parse(buffered)) {
      buffered = buffered.subarray(parsed.size);
      if (parsed.opcode === 8) return end.close();
      if (parsed.opcode === 9) socket.write(frame(10, parsed.data));
      if (parsed.opcode > 2) continue;
      fragments.push(parsed.data);
      if (!parsed.final) continue;
      end.onMessage(Buffer.concat(fragments));
      fragments = [];
    }
    if (buffered.length > MOST_BYTES) socket.destroy();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => end.onClose());
  return end;
}

function frame(opcode: number, data: Buffer): Buffer {
  const head =
    data.length < 126
      ? Buffer.from([0x80 | opcode, data.length])
      : data.length < 65536
        ? Buffer.from([0x80 | opcode, 126, data.length >> 8, data.length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127]), bigEndian(data.length)]);
  return Buffer.concat([head, data]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** One whole frame at the start of `bytes`, or null while it is incomplete. Clients mask what they send. */
function parse(bytes: Buffer): { opcode: number; final: boolean; data: Buffer; size: number } | null {
  if (bytes.length < 2) return null;
  const [first, second] = [bytes[0]!, bytes[1]!];
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = (second & 0x80) !== 0;
  const at = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < at) return null;
  const length = lengthBytes === 2 ? bytes.readUInt16BE(2) : lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < at + length) return null;
  const data = Buffer.from(bytes.subarray(at, at + length));
  if (masked) for (let index = 0; index < length; index++) data[index]! ^= bytes[at - 4 + (index & 3)]!;
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, data, size: at + length };
}
