  layers = [aws_lambda_layer_version.runtime.arn]
