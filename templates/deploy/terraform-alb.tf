
variable "vpc" {
  type        = string
  description = "the network of the load balancer"
}

variable "subnets" {
  type        = list(string)
  description = "at least two, in different zones"
}

variable "certificate" {
  type        = string
  description = "ARN of the certificate in AWS Certificate Manager"
}

resource "aws_lb_target_group" "function" {
  name                               = "{{NAME}}"
  target_type                        = "lambda"
  lambda_multi_value_headers_enabled = true
}

resource "aws_lambda_permission" "balancer" {
  function_name = aws_lambda_function.function.function_name
  action        = "lambda:InvokeFunction"
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.function.arn
}

resource "aws_lb_target_group_attachment" "function" {
  target_group_arn = aws_lb_target_group.function.arn
  target_id        = aws_lambda_function.function.arn
  depends_on       = [aws_lambda_permission.balancer]
}

# HTTPS from everywhere, nothing out.
resource "aws_security_group" "https" {
  vpc_id = var.vpc
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "balancer" {
  load_balancer_type = "application"
  subnets            = var.subnets
  security_groups    = [aws_security_group.https.id]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.balancer.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.function.arn
  }
}

output "url" {
  value = "https://${aws_lb.balancer.dns_name}"
}
