"""Starts MiniStack with what the deployment test adds to it: each module says what is missing, and what it does instead."""

from behind_tls import stand_behind_tls
from few_workers import queue_calls_of_a_function
from full_buckets import refuse_to_delete_full_buckets
from json_log_patterns import evaluate_json_patterns
from missing_attributes import add_provider_url, refer_to_secrets_by_arn, take_alarms_on_expressions
from missing_behaviour import (
    return_401_for_unauthorized,
    invoke_post_confirmation_trigger,
    write_only_to_existing_log_groups,
)
from missing_types import add_missing_types
from resources_of_calls import name_identities_of_mail
from stop_with_parent import stop_with_parent
from unknown_conditions import leave_unknown_conditions_out
from web_files import copy_files_of_the_web

from ministack.app import main

stop_with_parent()
add_missing_types()
add_provider_url()
take_alarms_on_expressions()
refer_to_secrets_by_arn()
return_401_for_unauthorized()
invoke_post_confirmation_trigger()
write_only_to_existing_log_groups()
leave_unknown_conditions_out()
name_identities_of_mail()
evaluate_json_patterns()
refuse_to_delete_full_buckets()
copy_files_of_the_web()
stand_behind_tls()
queue_calls_of_a_function()
main()
