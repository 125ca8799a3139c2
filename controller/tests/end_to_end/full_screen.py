"""Runs a command on a terminal of its own and types at it.

Arguments: the command as one word for `sh`, then pairs: a text to wait for, and what to type then.
Writes all that was shown, then as the last line the exit code and whether the terminal is as it was.
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

PATIENCE = 60


def read(master, until):
    """Reads for as long as there is something to read, and until a moment."""
    shown = b""
    while time.monotonic() < until:
        if not select.select([master], [], [], 0.05)[0]:
            return shown
        shown += os.read(master, 65536)
    return shown


command, *talk = sys.argv[1:]
master, terminal = pty.openpty()
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
before = termios.tcgetattr(terminal)
run = subprocess.Popen(
    ["sh", "-c", command], stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
)
end = time.monotonic() + PATIENCE
shown, seen = b"", 0
for text, keys in zip(talk[::2], talk[1::2]):
    while (found := shown.find(text.encode(), seen)) < 0 and time.monotonic() < end:
        shown += read(master, end)
    seen = found + len(text) if found >= 0 else seen
    os.write(master, keys.encode())
while run.poll() is None and time.monotonic() < end:
    shown += read(master, end)
if run.poll() is None:
    run.kill()
shown += read(master, end)
sys.stdout.buffer.write(shown)
print(f"\nexit {run.wait()}, {'as it was' if termios.tcgetattr(terminal) == before else 'changed'}")
