
# The runtime starts the file bootstrap; the handler's text is ignored.
if has aws lambda get-function --function-name "$name"; then
  aws lambda update-function-code --function-name "$name" --architectures "$architecture" \
    --zip-file "fileb://$package" >/dev/null
  aws lambda wait function-updated-v2 --function-name "$name"
  aws lambda update-function-configuration --function-name "$name" --memory-size "$memory" --timeout "$timeout" \
    ${settings[@]+"${settings[@]}"} >/dev/null
  aws lambda wait function-updated-v2 --function-name "$name"
else
  # A new role takes seconds to be known everywhere.
  for attempt in 1 2 3 4 5 6; do
    aws lambda create-function --function-name "$name" --runtime provided.al2023 --handler bootstrap \
      --architectures "$architecture" --memory-size "$memory" --timeout "$timeout" \
      --role "arn:aws:iam::$account:role/$role" --zip-file "fileb://$package" \
      ${settings[@]+"${settings[@]}"} >/dev/null && break
    [ "$attempt" -lt 6 ] || exit 1
    sleep 5
  done
  aws lambda wait function-active-v2 --function-name "$name"
fi
