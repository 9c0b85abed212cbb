"""The same function on the official Python runtime interface client."""
import json


def handler(event, _context):
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"path": event["rawPath"]}),
        "isBase64Encoded": False,
    }
