"""Runs a program on a terminal: terminal.py COLUMNSxROWS SCRIPT PROGRAM [ARGUMENTS...]

SCRIPT is a JSON list of [what to wait for, what to do then]: a text is typed, a list of columns and
rows is the terminal's size from then on, which goes into the output as ESC ] resize;COLUMNS;ROWS BEL.
Prints all that the terminal shows and ends as the program does; with 124 when it waits in vain for
half a minute.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


size = [int(number) for number in sys.argv[1].split("x")]
script = json.loads(sys.argv[2])
child, terminal = pty.fork()
if child == 0:
    resize(0, *size)
    os.execv(sys.argv[3], sys.argv[3:])

shown, seen, deadline = b"", 0, time.monotonic() + 30
while True:
    if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        os.kill(child, 9)
        sys.stdout.write(shown.decode())
        sys.exit(124)
    try:
        read = os.read(terminal, 65536)
    except OSError:
        break
    if not read:
        break
    shown += read
    while script and (found := shown.find(script[0][0].encode(), seen)) >= 0:
        waited, action = script.pop(0)
        seen = found + len(waited)
        if isinstance(action, str):
            os.write(terminal, action.encode())
        else:
            resize(terminal, *action)
            shown += b"\x1b]resize;%d;%d\x07" % tuple(action)

sys.stdout.write(shown.decode())
status = os.waitpid(child, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) % 256)
