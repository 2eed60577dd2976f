"""Missing: The CloudFormation types AWS::Events::Archive, AWS::Budgets::Budget and
AWS::CloudWatch::CompositeAlarm, although it has their services, and AWS::CodeDeploy::* and its service.

Instead: Its own services create them. A CodeDeploy application has only a name: an alias is updated all at
once, as in dev.
"""

import json
import uuid

from ministack.core.responses import get_account_id, get_region
from ministack.services import budgets, cloudwatch, eventbridge
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS


def _body_of(response):
    """The body of the response of a service's own operation; an error becomes the resource's failure."""
    status, _headers, body = response
    if status >= 400:
        raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
    return json.loads(body or b"{}")


def _generated_name(stack_name, logical_id, longest):
    return f"{stack_name}-{logical_id}"[: longest - 13] + "-" + uuid.uuid4().hex[:12].upper()


def _archive_request(name, props):
    pattern = props.get("EventPattern", "")
    return {
        **{key: props[key] for key in ("Description", "RetentionDays", "KmsKeyIdentifier") if key in props},
        "ArchiveName": name,
        "EventSourceArn": props["SourceArn"],
        "EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern),
    }


def _create_archive(logical_id, props, stack_name):
    name = props.get("ArchiveName") or _generated_name(stack_name, logical_id, 48)
    body = _body_of(eventbridge._create_archive(_archive_request(name, props)))
    return name, {"Arn": body["ArchiveArn"], "ArchiveName": name}


def _update_archive(physical_id, old_props, new_props, stack_name):
    body = _body_of(eventbridge._update_archive(_archive_request(physical_id, new_props)))
    return physical_id, {"Arn": body["ArchiveArn"], "ArchiveName": physical_id}


def _delete_archive(physical_id, props):
    _body_of(eventbridge._delete_archive({"ArchiveName": physical_id}))


def _create_budget(logical_id, props, stack_name):
    budget = dict(props["Budget"])
    budget.setdefault("BudgetName", _generated_name(stack_name, logical_id, 100))
    request = {"Budget": budget, "NotificationsWithSubscribers": props.get("NotificationsWithSubscribers", [])}
    _body_of(budgets._create_budget(request))
    return budget["BudgetName"], {}


def _update_budget(physical_id, old_props, new_props, stack_name):
    _body_of(budgets._update_budget({"NewBudget": {**new_props["Budget"], "BudgetName": physical_id}}))
    return physical_id, {}


def _delete_budget(physical_id, props):
    _body_of(budgets._delete_budget({"BudgetName": physical_id}))


def _put_composite_alarm(name, props):
    _body_of(cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name}, False, is_json=True))
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _create_composite_alarm(logical_id, props, stack_name):
    return _put_composite_alarm(props.get("AlarmName") or _generated_name(stack_name, logical_id, 255), props)


def _update_composite_alarm(physical_id, old_props, new_props, stack_name):
    return _put_composite_alarm(physical_id, new_props)


def _delete_composite_alarm(physical_id, props):
    _body_of(cloudwatch._delete_alarms({}, {"AlarmNames": [physical_id]}, False, is_json=True))


def _recorded(name_property):
    """A type whose service MiniStack does not have at all: its stack carries it, and nothing stands behind it."""

    def create(logical_id, props, stack_name):
        return props.get(name_property) or _generated_name(stack_name, logical_id, 100), {}

    return {
        "create": create,
        "update": lambda physical_id, old_props, new_props, stack_name: (physical_id, {}),
        "delete": lambda physical_id, props: None,
    }


ADDED_TYPES = {
    "AWS::Events::Archive": {"create": _create_archive, "update": _update_archive, "delete": _delete_archive},
    "AWS::Budgets::Budget": {"create": _create_budget, "update": _update_budget, "delete": _delete_budget},
    "AWS::CloudWatch::CompositeAlarm": {
        "create": _create_composite_alarm,
        "update": _update_composite_alarm,
        "delete": _delete_composite_alarm,
    },
    "AWS::CodeDeploy::Application": _recorded("ApplicationName"),
    "AWS::CodeDeploy::DeploymentGroup": _recorded("DeploymentGroupName"),
}


def add_missing_types():
    for resource_type, handlers in ADDED_TYPES.items():
        _RESOURCE_HANDLERS.setdefault(resource_type, handlers)
