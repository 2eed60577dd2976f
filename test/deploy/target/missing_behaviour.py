"""Missing: The trigger PostConfirmation of a user pool, the 401 of an HTTP API whose authorizer throws
Unauthorized, and the permission that a function needs to create a log group.

Instead: The first two are added as AWS documents them. A function writes only to a log group that exists,
since no role may create one. local/ has its own implementation of all, with tests.
"""

import contextvars
import json

from ministack.services import apigateway, cloudwatch_logs, cognito, lambda_svc

UNAUTHORIZED = (401, {"Content-Type": "application/json"}, b'{"message":"Unauthorized"}')

_authorizer_refused = contextvars.ContextVar("authorizer_refused", default=False)


def return_401_for_unauthorized():
    """An authorizer that throws an error with the message Unauthorized makes the HTTP API return 401, not 500."""
    authorize, run = apigateway._authorize_request_v2, apigateway.run_reentrant

    async def run_and_look(*arguments, **options):
        result = await run(*arguments, **options)
        if options.get("thread_name") == "ministack-apigw-authorizer":
            _authorizer_refused.set(_error_message_of(result) == "Unauthorized")
        return result

    async def authorize_or_401(*arguments, **options):
        _authorizer_refused.set(False)
        refusal, context = await authorize(*arguments, **options)
        return (UNAUTHORIZED if refusal and _authorizer_refused.get() else refusal), context

    apigateway.run_reentrant = run_and_look
    apigateway._authorize_request_v2 = authorize_or_401


def _error_message_of(result):
    if not result or not result.get("error"):
        return None
    body = result.get("body")
    error = body if isinstance(body, dict) else json.loads(body)
    return error.get("errorMessage")


def invoke_post_confirmation_trigger():
    """Every confirmed sign-up invokes the pool's PostConfirmation function before the call returns."""
    confirm_as_admin, confirm = cognito._admin_confirm_sign_up, cognito._confirm_sign_up

    def confirm_as_admin_and_invoke(request):
        return _invoke_trigger(confirm_as_admin(request), cognito._user_pools.get(request.get("UserPoolId")), request)

    def confirm_and_invoke(request):
        client = request.get("ClientId")
        pool = next((pool for pool in cognito._user_pools.values() if client in pool["_clients"]), None)
        return _invoke_trigger(confirm(request), pool, request)

    cognito._admin_confirm_sign_up = confirm_as_admin_and_invoke
    cognito._confirm_sign_up = confirm_and_invoke


def _invoke_trigger(response, pool, request):
    function_arn = ((pool or {}).get("LambdaConfig") or {}).get("PostConfirmation")
    if response[0] >= 400 or not function_arn:
        return response
    user, _error = cognito._resolve_user(pool, request["Username"])
    event = {
        "version": "1",
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "region": cognito._pool_region(pool["Id"]),
        "userPoolId": pool["Id"],
        "userName": user["Username"],
        "callerContext": {"awsSdkVersion": "unknown", "clientId": request.get("ClientId", "CLIENT_ID_NOT_APPLICABLE")},
        "request": {"userAttributes": _attributes_of(user)},
        "response": {},
    }
    function, configuration, _name = lambda_svc._get_func_record_for_ref(function_arn)
    result = lambda_svc._execute_function_with_config_scope(
        lambda_svc._execution_record_for_config(function, configuration), event
    )
    if result.get("error"):
        message = f"PostConfirmation failed with error {_error_message_of(result)}."
        return cognito.error_response_json("UserLambdaValidationException", message, 400)
    return response


def write_only_to_existing_log_groups():
    """Lambda creates a log group only for a role that allows it: output after the deletion of a group is lost."""
    write = lambda_svc._emit_lambda_logs

    def write_if_the_group_exists(function, *arguments, **options):
        if function["config"]["LoggingConfig"]["LogGroup"] in cloudwatch_logs._log_groups:
            write(function, *arguments, **options)

    lambda_svc._emit_lambda_logs = write_if_the_group_exists


def _attributes_of(user):
    attributes = {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]}
    return {**attributes, "cognito:user_status": "CONFIRMED"}
