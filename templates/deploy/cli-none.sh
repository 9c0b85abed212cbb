
echo "$arn"
