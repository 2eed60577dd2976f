"""Missing: Filter patterns over the fields of JSON log lines: every line matches.

Instead: Equalities of fields, joined by &&, are evaluated; no other pattern is used in the tests.
"""

import json
import re

from ministack.services import cloudwatch_logs

EQUALITY = re.compile(r'\$\.([\w.]+)\s*=\s*"([^"]*)"')


def evaluate_json_patterns():
    """Equalities of fields joined by `&&`: `{ $.level = "ERROR" && $.service = "orders" }`. All others stay as they were."""
    compile_pattern = cloudwatch_logs._compile_filter_pattern

    def compile_json_pattern(pattern):
        inner = re.fullmatch(r"\{(.*)\}", (pattern or "").strip())
        terms = [EQUALITY.fullmatch(term.strip()) for term in inner[1].split("&&")] if inner else []
        if not terms or None in terms:
            return compile_pattern(pattern)
        expected = [(term[1].split("."), term[2]) for term in terms]
        return lambda message: _has_fields(message, expected)

    cloudwatch_logs._compile_filter_pattern = compile_json_pattern


def _has_fields(message, expected):
    try:
        line = json.loads(message)
    except ValueError:
        return False
    return all(_field_of(line, path) == value for path, value in expected)


def _field_of(value, path):
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
