"""`video2text serve` on a free port of loopback, in a folder of its own."""
import os
import signal
import subprocess


class Server:
    """Its data lies in folder/data, its log in folder/server.log; stop() and start() is a restart on the same data."""

    def __init__(self, binary, folder, *flags, **environment):
        self.binary, self.folder, self.flags, self.environment = binary, folder, flags, environment
        self.log, self.process = folder / "server.log", None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--port", "0", "--data-dir", self.folder / "data", *self.flags], text=True,
                stdout=subprocess.PIPE, stderr=log, env={**os.environ, **self.environment})
        line = self.process.stdout.readline()
        assert "http://" in line, f"no address: {line!r}\n{self.log.read_text()}"
        self.url = line[line.index("http://"):].split()[0].rstrip("/")
        return self

    def stop(self, how=signal.SIGTERM):
        """Its exit status; None when it never ran."""
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def keys(self, *arguments):
        return subprocess.run([self.binary, "keys", "--data-dir", self.folder / "data", *arguments], capture_output=True,
                              text=True, timeout=60, check=False)
