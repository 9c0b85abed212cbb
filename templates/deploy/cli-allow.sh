
# allow STATEMENT-ID ARGUMENTS...: a permission to call the function, once.
allow() {
  local id=$1
  shift
  has aws lambda remove-permission --function-name "$name" --statement-id "$id" || true
  aws lambda add-permission --function-name "$name" --statement-id "$id" "$@" >/dev/null
}
