"""A mail server that takes every letter and keeps none: prints its port, and serves until it is killed."""

import socketserver


class Session(socketserver.StreamRequestHandler):
    """One conversation (RFC 5321)."""

    def say(self, line: str) -> None:
        """Sends a reply."""
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        """Takes letters until the client goes."""
        self.say("220 sink")
        is_content = False
        for line in self.rfile:
            word = line.strip().upper().split(b" ")[0]
            if is_content:
                if line.rstrip(b"\r\n") == b".":
                    is_content = False
                    self.say("250 taken")
            elif word == b"DATA":
                is_content = True
                self.say("354 go on")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes")


class Server(socketserver.ThreadingTCPServer):
    """A conversation in each thread."""

    daemon_threads = True


with Server(("127.0.0.1", 0), Session) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
