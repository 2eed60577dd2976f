"""Missing: The attribute ProviderURL of AWS::Cognito::UserPool, the ARN as Ref of AWS::SecretsManager::Secret,
and alarms on expressions over metrics.

Instead: The URL is built from ProviderName, and tokens are verified against it. A secret is referred to by
its ARN, which the policies of its readers name. Such an alarm exists but never fires; local/ evaluates them,
and its tests put each into ALARM.
"""

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners


def add_provider_url():
    attributes_of_pool = provisioners._cognito_user_pool_attributes

    def with_provider_url(pool_id):
        attributes = attributes_of_pool(pool_id)
        return {**attributes, "ProviderURL": f"https://{attributes['ProviderName']}"}

    provisioners._cognito_user_pool_attributes = with_provider_url


def take_alarms_on_expressions():
    """Alarms on an expression over metrics exist, with their actions; without data of their own they never fire."""
    record_of_alarm = provisioners._cw_metric_alarm_record

    def record_of_any_alarm(name, props):
        if "Metrics" in props:
            props = {**props, "Namespace": "MetricMath", "MetricName": name}
            del props["Metrics"]
        return record_of_alarm(name, props)

    provisioners._cw_metric_alarm_record = record_of_any_alarm


def refer_to_secrets_by_arn():
    """Ref of a secret is its ARN, which policies name as their resource; MiniStack returns the name."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = (handlers[operation] for operation in ("create", "update", "delete"))

    def by_arn(result):
        return result[1]["Arn"], result[1]

    def name_of(arn):
        return secretsmanager._resolve(arn)[0]

    handlers["create"] = lambda *about: by_arn(create(*about))
    handlers["update"] = lambda arn, *about, **more: by_arn(update(name_of(arn), *about, **more))
    handlers["delete"] = lambda arn, props: delete(name_of(arn), props)
