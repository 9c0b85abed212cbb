
# Callers sign their requests and need lambda:InvokeFunctionUrl and lambda:InvokeFunction on this function.
resource "aws_lambda_function_url" "url" {
  function_name      = aws_lambda_function.function.function_name
  authorization_type = "AWS_IAM"
}

output "url" {
  value = aws_lambda_function_url.url.function_url
}
