"""Missing: Limits for the processes of a function: a hundred concurrent calls start a hundred, and time out on
two cores.

Instead: Calls of a function wait for one of four workers, so concurrency beyond that is not tested here.
"""

import contextvars
import threading
from collections import defaultdict

from ministack.services import lambda_svc

WORKERS_OF_A_FUNCTION = 4

_executing = contextvars.ContextVar("executing", default=frozenset())


def queue_calls_of_a_function():
    execute = lambda_svc._execute_function
    workers = defaultdict(lambda: threading.BoundedSemaphore(WORKERS_OF_A_FUNCTION))

    def execute_in_turn(function, event):
        name = (function.get("config") or function).get("FunctionName")
        # MiniStack calls itself once more when a function is in another account or region than its caller.
        if name in _executing.get():
            return execute(function, event)
        with workers[name]:
            before = _executing.set(_executing.get() | {name})
            try:
                return execute(function, event)
            finally:
                _executing.reset(before)

    lambda_svc._execute_function = execute_in_turn
