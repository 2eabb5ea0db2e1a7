//! Whom the client takes for the PBX.

use super::*;

async fn sign_in(identity: &Identity, trust: Trust) -> (Server, Result<Pbx, PbxError>) {
    let server = Server::start(identity, |_| tokens(1)).await;
    let signed_in = Pbx::sign_in_at(&access(&server, trust), PACE).await;
    (server, signed_in)
}

/// What is told, without what is new on every run.
async fn refused(identity: &Identity, trust: Trust) -> String {
    let pinned = match &trust {
        Trust::Certificate(fingerprint) => fingerprint.to_string(),
        _ => String::from("none"),
    };
    let (server, refused) = sign_in(identity, trust).await;
    let text = told(&refused.unwrap_err(), &server)
        .replace(&identity.fingerprint().to_string(), "SHA256:SHOWN")
        .replace(&pinned, "SHA256:PINNED");
    // What was not trusted is not sent a password.
    assert_eq!(server.asked().len(), 0);
    let clock = regex::Regex::new(r"\(20[0-9-]+T[0-9:]+Z\)").unwrap();
    clock.replace_all(&text, "(NOW)").into_owned()
}

fn ca_file(text: &str) -> (tempfile::NamedTempFile, Trust) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let trust = Trust::CaFile(file.path().to_owned());
    (file, trust)
}

#[tokio::test]
async fn given_its_ca_when_the_name_is_right_then_it_is_the_pbx() {
    let identity = Identity::new("127.0.0.1", When::Now);
    let (_file, trust) = ca_file(&identity.ca);
    assert!(sign_in(&identity, trust).await.1.is_ok());
}

#[tokio::test]
async fn given_its_fingerprint_then_it_is_the_pbx_whatever_its_name_and_dates_are() {
    for when in [When::Now, When::Over, When::Later] {
        let identity = Identity::new("another.example.com", when);
        let trust = Trust::Certificate(identity.fingerprint());
        assert!(sign_in(&identity, trust).await.1.is_ok());
    }
}

#[tokio::test]
async fn given_another_fingerprint_then_it_is_not() {
    let identity = Identity::new("127.0.0.1", When::Now);
    let another = Identity::new("127.0.0.1", When::Now).fingerprint();
    insta::assert_snapshot!(refused(&identity, Trust::Certificate(another)).await, @r#"
    https://PBX/api: the PBX's certificate is not trusted: it is not the one in the settings (SHA256:PINNED)
       the certificate shown: SHA256:SHOWN
       issued by: CN=Lab CA
       valid: 2020-01-01T00:00:00Z to 2130-01-01T00:00:00Z
       for: 127.0.0.1
       to compare, on the PBX: openssl s_client -connect 127.0.0.1:PORT </dev/null | openssl x509 -outform der | openssl dgst -sha256 -binary | base64 | tr -d =
    -> Where the PBX has got a new certificate, compare the fingerprint with the one on the PBX itself, and where they are the same, set certificate = "SHA256:SHOWN" under [api]. Otherwise somebody else answers: do not go on.
    [Unreachable]
    "#);
}

#[tokio::test]
async fn given_a_certificate_that_is_shown_without_its_key_then_it_is_not() {
    let identity = Identity::new("127.0.0.1", When::Now);
    let thief = identity.with_key_of(Identity::new("127.0.0.1", When::Now));
    let trust = Trust::Certificate(identity.fingerprint());
    let (server, refused) = sign_in(&thief, trust).await;
    insta::assert_snapshot!(told(&refused.unwrap_err(), &server), @r"
    https://PBX/api: could not reach the PBX: who answers there shows a certificate without having its key
    -> Check that the PBX runs, that url under [api] is right, and that a firewall lets this machine reach that port.
    [Unreachable]
    ");
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn given_a_ca_that_nobody_trusts_then_it_is_told_how_to_trust_it() {
    let identity = Identity::new("127.0.0.1", When::Now);
    insta::assert_snapshot!(refused(&identity, Trust::System).await, @r#"
    https://PBX/api: the PBX's certificate is not trusted: nobody that this machine trusts has issued it
       the certificate shown: SHA256:SHOWN
       issued by: CN=Lab CA
       valid: 2020-01-01T00:00:00Z to 2130-01-01T00:00:00Z
       for: 127.0.0.1
       to compare, on the PBX: openssl s_client -connect 127.0.0.1:PORT </dev/null | openssl x509 -outform der | openssl dgst -sha256 -binary | base64 | tr -d =
    -> Set ca-file under [api] to the CA's certificate; or compare the fingerprint with the one on the PBX itself, and where they are the same, set certificate = "SHA256:SHOWN" under [api].
    [Unreachable]
    "#);
}

#[tokio::test]
async fn given_a_certificate_that_has_expired_then_the_clock_is_told() {
    let identity = Identity::new("127.0.0.1", When::Over);
    let (_file, trust) = ca_file(&identity.ca);
    insta::assert_snapshot!(refused(&identity, trust).await, @r#"
    https://PBX/api: the PBX's certificate is not trusted: it has expired, by the clock of this machine (NOW)
       the certificate shown: SHA256:SHOWN
       issued by: CN=Lab CA
       valid: 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z
       for: 127.0.0.1
       to compare, on the PBX: openssl s_client -connect 127.0.0.1:PORT </dev/null | openssl x509 -outform der | openssl dgst -sha256 -binary | base64 | tr -d =
    -> Where that clock is right, renew the PBX's certificate; or compare the fingerprint with the one on the PBX itself, and where they are the same, set certificate = "SHA256:SHOWN" under [api].
    [Unreachable]
    "#);
}

#[tokio::test]
async fn given_a_certificate_of_the_future_then_the_clock_is_to_blame() {
    let identity = Identity::new("127.0.0.1", When::Later);
    let (_file, trust) = ca_file(&identity.ca);
    insta::assert_snapshot!(refused(&identity, trust).await, @r"
    https://PBX/api: the PBX's certificate is not trusted: it is not valid yet, by the clock of this machine (NOW)
       the certificate shown: SHA256:SHOWN
       issued by: CN=Lab CA
       valid: 2120-01-01T00:00:00Z to 2130-01-01T00:00:00Z
       for: 127.0.0.1
       to compare, on the PBX: openssl s_client -connect 127.0.0.1:PORT </dev/null | openssl x509 -outform der | openssl dgst -sha256 -binary | base64 | tr -d =
    -> Most likely that clock is wrong: set it right, then run the same command again.
    [Unreachable]
    ");
}

#[tokio::test]
async fn given_a_certificate_for_another_name_then_both_are_told() {
    let identity = Identity::new("pbx.example.com", When::Now);
    let (_file, trust) = ca_file(&identity.ca);
    insta::assert_snapshot!(refused(&identity, trust).await, @r#"
    https://PBX/api: the PBX's certificate is not trusted: it is not for 127.0.0.1
       the certificate shown: SHA256:SHOWN
       issued by: CN=Lab CA
       valid: 2020-01-01T00:00:00Z to 2130-01-01T00:00:00Z
       for: pbx.example.com
       to compare, on the PBX: openssl s_client -connect 127.0.0.1:PORT </dev/null | openssl x509 -outform der | openssl dgst -sha256 -binary | base64 | tr -d =
    -> Use a name in url under [api] that the certificate is for; or compare the fingerprint with the one on the PBX itself, and where they are the same, set certificate = "SHA256:SHOWN" under [api].
    [Unreachable]
    "#);
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_told() {
    let identity = Identity::new("127.0.0.1", When::Now);
    let broken = identity.ca.replace("MII", "MMM");
    let mut told = Vec::new();
    for text in ["", "nothing", &broken, &"x".repeat(2 << 20)] {
        let (file, trust) = ca_file(text);
        told.push(
            refused(&identity, trust)
                .await
                .replace(file.path().to_str().unwrap(), "FILE"),
        );
    }
    told.push(refused(&identity, Trust::CaFile(PathBuf::from("/nowhere/ca.pem"))).await);
    insta::assert_snapshot!(told.join("\n"), @r"
    FILE: can't use it as CA file: there is no certificate in it (PEM)
    -> Set ca-file under [api] to a PEM file with the certificate of the CA that issued the PBX's certificate.
    [Usage]
    FILE: can't use it as CA file: there is no certificate in it (PEM)
    -> Set ca-file under [api] to a PEM file with the certificate of the CA that issued the PBX's certificate.
    [Usage]
    FILE: can't use it as CA file: a certificate in it can't be read
    -> Set ca-file under [api] to a PEM file with the certificate of the CA that issued the PBX's certificate.
    [Usage]
    FILE: can't use it as CA file: it is larger than 1 MiB
    -> Set ca-file under [api] to a PEM file with the certificate of the CA that issued the PBX's certificate.
    [Usage]
    /nowhere/ca.pem: can't use it as CA file: No such file or directory (os error 2)
    -> Set ca-file under [api] to a PEM file with the certificate of the CA that issued the PBX's certificate.
    [Usage]
    ");
}

#[tokio::test]
async fn who_does_not_speak_tls_is_not_asked_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let identity = Identity::new("127.0.0.1", When::Now);
    let mut server = Server::start(&identity, |_| Reply::Hang).await;
    server.url = format!("https://{}/api", listener.local_addr().unwrap());
    let talking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    });
    let error = Pbx::sign_in_at(&access(&server, Trust::System), PACE)
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&error, &server), @r"
    https://PBX/api: could not reach the PBX: who answers there does not speak TLS
    -> Check that the PBX runs, that url under [api] is right, and that a firewall lets this machine reach that port.
    [Unreachable]
    ");
    talking.await.unwrap();
}
