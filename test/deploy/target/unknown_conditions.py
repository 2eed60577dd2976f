"""Missing: Values for the condition keys dynamodb:LeadingKeys, Attributes, ReturnValues and Select and
ses:FromAddress, so that its policy evaluation denies a statement with them.

Instead: These keys are ignored; all other conditions, actions and resources are evaluated. The service
boundaries that the keys enforce are tested with local/iam and in test/infra/service-boundaries.test.ts, the
sender in services/notifications/test-data/denied-calls.ts.
"""

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
