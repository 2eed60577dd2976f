"""Condition keys that MiniStack's policy evaluation cannot derive from a request: it would deny every such request."""

from ministack.core import iam_evaluator

UNKNOWN_KEYS = (
    "dynamodb:leadingkeys",
    "dynamodb:attributes",
    "dynamodb:returnvalues",
    "dynamodb:select",
    "ses:fromaddress",
)


def leave_unknown_conditions_out():
    conditions_met = iam_evaluator._conditions_met

    def known_conditions_met(conditions, context):
        known = {
            operator: {key: value for key, value in keys.items() if key.lower() not in UNKNOWN_KEYS}
            for operator, keys in conditions.items()
        }
        return conditions_met(known, context)

    iam_evaluator._conditions_met = known_conditions_met
