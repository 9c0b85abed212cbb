
# A target group for a load balancer that is there: LISTENER is the ARN of its HTTPS listener.
listener=${LISTENER:?set LISTENER to the ARN of the HTTPS listener that forwards to $name}
if ! has aws elbv2 describe-target-groups --names "$name"; then
  aws elbv2 create-target-group --name "$name" --target-type lambda >/dev/null
fi
group=$(aws elbv2 describe-target-groups --names "$name" --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 modify-target-group-attributes --target-group-arn "$group" \
  --attributes Key=lambda.multi_value_headers.enabled,Value=true >/dev/null
allow balancer --action lambda:InvokeFunction --principal elasticloadbalancing.amazonaws.com --source-arn "$group"
aws elbv2 register-targets --target-group-arn "$group" --targets "Id=$arn"
aws elbv2 modify-listener --listener-arn "$listener" \
  --default-actions "Type=forward,TargetGroupArn=$group" >/dev/null
echo "$group"
