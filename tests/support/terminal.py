"""Runs a program on a terminal: terminal.py SCRIPT PROGRAM [ARGUMENTS...]

SCRIPT is a JSON list of [what to wait for, what to type then]. Prints all that the terminal shows
and ends as the program does; with 124 when it waits in vain for half a minute.
"""

import json
import os
import pty
import select
import sys
import time

script = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])

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
        seen = found + len(script[0][0])
        os.write(terminal, script.pop(0)[1].encode())

sys.stdout.write(shown.decode())
status = os.waitpid(child, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) % 256)
