//! Runs a DynamoDB for the tests: in memory, on a free loopback port, until standard input closes.
//!
//! The port is printed once it listens. Whoever started this holds the other end of standard input: when that process ends,
//! however it ends, so does this one.

use std::{io::Read, net::Ipv4Addr};

use dynoxide::{Database, server};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?.port());
        server::serve_on(listener, Database::memory()?).await;
        Ok(())
    })
}
