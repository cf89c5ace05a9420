/** Puts BMCs on the wire: one shared HTTP server, one certificate, one real TCP port each. */
import type tls from 'node:tls';
import { type SocketHttp, socketHttp } from '../http-on-sockets.ts';
import type { Network } from '../network.ts';
import { type SimBmc, serveBmc } from './service.ts';

/** Serves BMCs over HTTPS. */
export function bmcWeb(): SocketHttp<SimBmc> {
  return socketHttp(serveBmc);
}

/** Listens on the BMC's address, port 443; `close` makes it refuse connections. */
export function listenBmc(web: SocketHttp<SimBmc>, bmc: SimBmc, network: Network, context: tls.SecureContext): { close(): void } {
  return network.listen(bmc.server.spec.bmcAddress, 443, (socket) => web.accept(bmc, socket, context));
}
