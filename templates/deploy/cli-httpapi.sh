
api=$(aws apigatewayv2 get-apis --query "Items[?Name=='$name'] | [0].ApiId" --output text)
if [ "$api" = None ]; then
  api=$(aws apigatewayv2 create-api --name "$name" --protocol-type HTTP --query ApiId --output text)
  integration=$(aws apigatewayv2 create-integration --api-id "$api" --integration-type AWS_PROXY \
    --integration-uri "$arn" --payload-format-version 2.0 --query IntegrationId --output text)
  # shellcheck disable=SC2016 # $default is API Gateway's word
  aws apigatewayv2 create-route --api-id "$api" --route-key '$default' --authorization-type {{AUTHORIZATION}} \
    --target "integrations/$integration" >/dev/null
  # shellcheck disable=SC2016
  aws apigatewayv2 create-stage --api-id "$api" --stage-name '$default' --auto-deploy >/dev/null
fi
allow api --action lambda:InvokeFunction --principal apigateway.amazonaws.com \
  --source-arn "arn:aws:execute-api:$region:$account:$api/*"
echo "https://$api.execute-api.$region.amazonaws.com"
