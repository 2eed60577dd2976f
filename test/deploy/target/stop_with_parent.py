"""Missing: Exiting when its parent process is killed.

Instead: It checks for its parent every second.
"""

import os
import signal
import threading
import time


def stop_with_parent():
    if os.environ.get("OUTLIVES_PARENT"):
        return
    parent = os.getppid()

    def look():
        while os.getppid() == parent:
            time.sleep(1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=look, daemon=True, name="stop-with-parent").start()
