#!/usr/bin/env bash
# Deploys {{NAME}}: makes what is missing, updates what is there. Needs version 2 of the AWS command line and credentials;
# run it in the folder of {{PACKAGE}}. Running it again is harmless.
set -euo pipefail

name={{NAME}}
package={{PACKAGE}}
architecture={{ARCH}}
memory={{MEMORY}}
timeout={{TIMEOUT}}
retention={{RETENTION}}
settings=()

has() { "$@" >/dev/null 2>&1; }

[ -f "$package" ] || { echo "there is no $package here: wascc package -o $package" >&2; exit 1; }
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}
account=$(aws sts get-caller-identity --query Account --output text)
arn="arn:aws:lambda:$region:$account:function:$name"

# The log group first: the function could not make one.
has aws logs create-log-group --log-group-name "/aws/lambda/$name" || true
aws logs put-retention-policy --log-group-name "/aws/lambda/$name" --retention-in-days "$retention"

# May write to its own log group and nothing else. What actors use of AWS is added here.
role="$name-lambda"
if ! has aws iam get-role --role-name "$role"; then
  aws iam create-role --role-name "$role" --assume-role-policy-document '{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}' >/dev/null
  aws iam wait role-exists --role-name "$role"
fi
aws iam put-role-policy --role-name "$role" --policy-name logs --policy-document '{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],
   "Resource":"arn:aws:logs:'"$region:$account"':log-group:/aws/lambda/'"$name"':*"}]}'
