"""Missing: The CloudFormation error for deleting a bucket that is not empty.

Instead: It is added, so that destroying a stage proves that its buckets are emptied first.
"""

from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS


def refuse_to_delete_full_buckets():
    bucket = _RESOURCE_HANDLERS["AWS::S3::Bucket"]
    delete = bucket["delete"]

    def delete_if_empty(physical_id, props):
        holds_objects = s3._buckets.get(physical_id, {}).get("objects")
        if holds_objects or s3._bucket_has_versions(physical_id):
            raise ValueError(f"The bucket you tried to delete is not empty: {physical_id}")
        return delete(physical_id, props)

    _RESOURCE_HANDLERS["AWS::S3::Bucket"] = {**bucket, "delete": delete_if_empty}
