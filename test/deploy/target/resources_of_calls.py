"""Missing: The resource of ses:SendEmail: it checks for *, which only a policy for all identities allows.

Instead: The resource is the sender’s identity, as in SES.
"""

import json
from email.utils import parseaddr

from ministack.core import iam_actions
from ministack.services import ses_v2


def name_identities_of_mail():
    """SendEmail of SES v2 is checked on the identity that the sender's address belongs to: itself, or its domain."""
    resource_of = iam_actions.extract_resource_arn

    def resource_or_identity(service, method, path, headers, body, parameters, region, account):
        if service == "ses" and method == "POST" and path == "/v2/email/outbound-emails":
            return _identity_arn(json.loads(body).get("FromEmailAddress", ""), region, account)
        return resource_of(service, method, path, headers, body, parameters, region, account)

    iam_actions.extract_resource_arn = resource_or_identity


def _identity_arn(sender, region, account):
    address = parseaddr(sender)[1]
    identity = address if address in ses_v2._identities else address.rpartition("@")[2]
    return f"arn:aws:ses:{region}:{account}:identity/{identity}"
