  environment {
    variables = { WASCC_TRUSTED_PACKAGERS = "{{PACKAGER}}" }
  }
