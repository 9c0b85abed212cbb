
resource "aws_lambda_layer_version" "runtime" {
  layer_name               = "{{NAME}}-runtime"
  filename                 = "${path.module}/{{LAYER}}"
  source_code_hash         = filebase64sha256("${path.module}/{{LAYER}}")
  compatible_runtimes      = ["provided.al2023"]
  compatible_architectures = ["{{ARCH}}"]
}
