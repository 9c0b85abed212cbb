
settings+=(--environment "Variables={WASCC_TRUSTED_PACKAGERS={{PACKAGER}}}")
