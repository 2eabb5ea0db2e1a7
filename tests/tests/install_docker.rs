//! `run --install-docker` makes a server of a machine that has no Docker.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{Lab, refused};

#[test]
fn given_a_server_without_docker_when_run_with_install_docker_then_it_is_installed_and_the_service_works()
 {
    let lab = Lab::empty();
    let log_end = lab.ssh_log_end();
    let _without = lab.without_docker();

    let run = lab
        .dataflow(["run", "--install-docker"])
        .run()
        .expect_success();

    insta::assert_snapshot!(run.snapshot());
    assert!(lab.holds("systemctl is-enabled --quiet docker && systemctl is-active --quiet docker"));
    assert!(
        !lab.holds("ls -d /run/dataflow-install*"),
        "nothing is left of it"
    );
    let connections = lab.exec(&format!(
        "journalctl --sync; journalctl --unit ssh --after-cursor '{log_end}' --output cat --quiet | grep -c '^Accepted '"
    ));
    assert_eq!(connections.trim(), "1", "all in one session");
    lab.wait_for_more_rows();
    let again = lab
        .dataflow(["run", "--install-docker"])
        .run()
        .expect_success();
    assert!(again.stderr.contains("nothing to do"), "{again:?}");
}

#[test]
fn given_packages_that_cannot_be_had_or_trusted_when_run_with_install_docker_then_nothing_is_installed()
 {
    let lab = Lab::empty();
    let _without = lab.without_docker();
    let own = || lab.dataflow(["run", "--install-docker=docker"]);
    let mut told = vec![refused([("no way to Docker's packages", 1, own())])];
    {
        let _impostor = lab.impostor_of_docker();
        told.push(refused([("a key that is not Docker's", 1, own())]));
    }
    {
        let _no_packages = lab.no_packages();
        told.push(refused([(
            "no packages in the distribution",
            1,
            lab.dataflow(["run", "--install-docker"]),
        )]));
    }
    // Which lists are read, and of what size, is the lab's affair.
    let lists =
        regex::Regex::new(r"(?m)^  \| (Ign|Get|Hit|Reading|Building).*\n").expect("a pattern");
    insta::assert_snapshot!(lists.replace_all(&told.join("\n\n"), ""));
    assert!(!lab.holds("command -v docker || ls /etc/apt/keyrings/docker.asc /etc/apt/sources.list.d/docker.sources"));
}
