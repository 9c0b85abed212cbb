
# Callers sign their requests and need lambda:InvokeFunctionUrl and lambda:InvokeFunction on this function.
has aws lambda create-function-url-config --function-name "$name" --auth-type AWS_IAM ||
  aws lambda update-function-url-config --function-name "$name" --auth-type AWS_IAM >/dev/null
echo "$arn"
aws lambda get-function-url-config --function-name "$name" --query FunctionUrl --output text
