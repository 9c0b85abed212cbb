
# any_request RESOURCE-ID: every method on it goes to the function.
any_request() {
  aws apigateway put-method --rest-api-id "$api" --resource-id "$1" --http-method ANY \
    --authorization-type {{AUTHORIZATION}} >/dev/null
  aws apigateway put-integration --rest-api-id "$api" --resource-id "$1" --http-method ANY --type AWS_PROXY \
    --integration-http-method POST \
    --uri "arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/$arn/invocations" >/dev/null
}

api=$(aws apigateway get-rest-apis --query "items[?name=='$name'] | [0].id" --output text)
if [ "$api" = None ]; then
  api=$(aws apigateway create-rest-api --name "$name" --endpoint-configuration types=REGIONAL \
    --binary-media-types '*/*' --query id --output text)
  root=$(aws apigateway get-resources --rest-api-id "$api" --query "items[?path=='/'] | [0].id" --output text)
  any_path=$(aws apigateway create-resource --rest-api-id "$api" --parent-id "$root" --path-part '{proxy+}' \
    --query id --output text)
  any_request "$root"
  any_request "$any_path"
  aws apigateway create-deployment --rest-api-id "$api" --stage-name live >/dev/null
fi
allow api --action lambda:InvokeFunction --principal apigateway.amazonaws.com \
  --source-arn "arn:aws:execute-api:$region:$account:$api/*"
echo "https://$api.execute-api.$region.amazonaws.com/live"
