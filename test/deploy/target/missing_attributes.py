"""Attributes of known types that MiniStack's CloudFormation does not return. Listed with its reasons in test/deploy/exclusions.ts."""

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
