
layer=$(aws lambda publish-layer-version --layer-name "$name-runtime" --zip-file "fileb://{{LAYER}}" \
  --compatible-runtimes provided.al2023 --compatible-architectures "$architecture" \
  --query LayerVersionArn --output text)
settings+=(--layers "$layer")
