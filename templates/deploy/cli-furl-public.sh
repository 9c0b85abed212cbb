
has aws lambda create-function-url-config --function-name "$name" --auth-type NONE ||
  aws lambda update-function-url-config --function-name "$name" --auth-type NONE >/dev/null
allow url --action lambda:InvokeFunctionUrl --principal '*' --function-url-auth-type NONE
allow invocation-by-url --action lambda:InvokeFunction --principal '*' --invoked-via-function-url
echo "$arn"
aws lambda get-function-url-config --function-name "$name" --query FunctionUrl --output text
