// A server of the market over the same database whose Meilisearch can be stopped in between.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The Meilisearch server that tests may use, where there is one. */
export const meili = process.env.MEILI_URL;

export interface Engine {
  /** Where the market is reached. */
  base: string;
  stop: () => void;
  start: () => void;
  end: () => Promise<void>;
}

const listening = (server: Server) =>
  new Promise<number>((done) => server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port)));

/** Starts a market that reaches Meilisearch through a door that can be shut. */
export const market = async (): Promise<Engine> => {
  let isOpen = true;
  const door = createServer((asked, answer) => {
    if (!isOpen) {
      asked.socket.destroy();
      return;
    }
    const passed = request(new URL(asked.url ?? "/", meili), { method: asked.method, headers: asked.headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    passed.on("error", () => asked.socket.destroy());
    asked.pipe(passed);
  });
  const free = createServer();
  const port = await listening(free);
  await new Promise((done) => free.close(done));
  const base = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(process.env.CAY_BEO_BINARY ?? "", ["serve"], {
    env: {
      ...process.env,
      CAY_BEO_ADDR: `127.0.0.1:${port}`,
      CAY_BEO_BASE_URL: base,
      CAY_BEO_PAGE_CACHE: "false",
      MEILI_URL: `http://127.0.0.1:${await listening(door)}`,
      CAY_BEO_MEILI_INDEX: `e2e_${process.pid}`,
    },
    stdio: "ignore",
  });
  return {
    base,
    stop: () => {
      isOpen = false;
    },
    start: () => {
      isOpen = true;
    },
    end: async () => {
      child.kill("SIGTERM");
      await new Promise((done) => child.once("exit", done));
      await new Promise((done) => {
        door.close(done);
        door.closeAllConnections();
      });
    },
  };
};
