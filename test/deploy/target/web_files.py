"""Missing: The Python packages of Lambda and the AWS CLI of a layer, with which CDK's function copies the files
of the web.

Instead: The files are copied without the function, so that the permissions of its role are not proven;
test/infra/web.test.ts lists them.
"""

import io
import mimetypes
import uuid
import zipfile

from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS


def _prefix_of(props):
    prefix = props.get("DestinationBucketKeyPrefix", "")
    return f"{prefix}/" if prefix else ""


def _files_of(props):
    markers = props.get("SourceMarkers", [])
    for index, key in enumerate(props["SourceObjectKeys"]):
        archive = zipfile.ZipFile(io.BytesIO(s3._get_object_data(props["SourceBucketNames"][index], key)))
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            body = archive.read(name)
            for marker, value in (markers[index] if index < len(markers) else {}).items():
                body = body.replace(marker.encode(), str(value).encode())
            yield name, body


def _copy_files(props):
    cache_control = props["SystemMetadata"]["cache-control"]
    for name, body in _files_of(props):
        content_type = mimetypes.guess_type(name)[0] or "binary/octet-stream"
        headers = {"content-type": content_type, "cache-control": cache_control}
        status, _headers, response = s3._put_object(props["DestinationBucketName"], _prefix_of(props) + name, body, headers)
        if status >= 400:
            raise ValueError(str(response))


def _create(logical_id, props, stack_name):
    _copy_files(props)
    return f"aws.cdk.s3deployment.{uuid.uuid4()}", {}


def _update(physical_id, old_props, new_props, stack_name):
    _copy_files(new_props)
    return physical_id, {}


def _delete(physical_id, props):
    bucket = props["DestinationBucketName"]
    for key in list(s3._buckets.get(bucket, {}).get("objects", {})):
        if key.startswith(_prefix_of(props)):
            s3._delete_object(bucket, key)


def copy_files_of_the_web():
    _RESOURCE_HANDLERS["Custom::CDKBucketDeployment"] = {"create": _create, "update": _update, "delete": _delete}
