# {{NAME}} for Terraform: terraform init && terraform apply. Paths are as seen from this file.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# May write to its own log group and nothing else. What actors use of AWS is added here.
data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.logs.arn}:*"]
  }
}

resource "aws_cloudwatch_log_group" "logs" {
  name              = "/aws/lambda/{{NAME}}"
  retention_in_days = {{RETENTION}}
}

resource "aws_iam_role" "function" {
  name_prefix        = "{{SHORT_NAME}}-"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "logs" {
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.logs.json
}

# The runtime starts the file bootstrap; the handler's text is ignored.
resource "aws_lambda_function" "function" {
  function_name    = "{{NAME}}"
  filename         = "${path.module}/{{PACKAGE}}"
  source_code_hash = filebase64sha256("${path.module}/{{PACKAGE}}")
  runtime          = "provided.al2023"
  architectures    = ["{{ARCH}}"]
  handler          = "bootstrap"
  memory_size      = {{MEMORY}}
  timeout          = {{TIMEOUT}}
  role             = aws_iam_role.function.arn
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.logs.name
  }
