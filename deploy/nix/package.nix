# The program with its manual and completions.
{ lib, rustPlatform, installShellFiles }:

rustPlatform.buildRustPackage {
  pname = "sahelwatch";
  version = (lib.importTOML ../../Cargo.toml).package.version;

  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;

  nativeBuildInputs = [ installShellFiles ];

  # They want a mail server, strace and a disk to cut the power of: tests/run is where they run.
  doCheck = false;

  postInstall = ''
    $out/bin/sahelwatch man man
    installManPage man/*
    for shell in bash zsh fish; do
      $out/bin/sahelwatch completions $shell > sahelwatch.$shell
      installShellCompletion sahelwatch.$shell
    done
  '';

  meta = {
    description = "Watches Sahel security news in feeds and web pages and e-mails alerts";
    license = [ lib.licenses.mit lib.licenses.asl20 ];
    mainProgram = "sahelwatch";
    platforms = lib.platforms.linux;
  };
}
