//! Who else listens on a port of this machine, where the system tells (`/proc` of Linux), and which port is free.
//! Invariant: only looks; where nothing can be found out, it says nothing.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// Ports tried beyond the one that is taken.
const TRIED: u16 = 50;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Process id.
    pub pid: u32,
    /// Name of its program.
    pub name: String,
}

impl std::fmt::Display for Neighbour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {})", self.name, self.pid)
    }
}

/// The process that listens on `port` of 127.0.0.1 or of every address; none where that is not told, as for other users'.
pub fn listening_on(port: u16) -> Option<Neighbour> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| sockets(&table, port))
        .collect();
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    for process in processes {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(files) = std::fs::read_dir(process.path().join("fd")) else { continue };
        let held = |link: &Path| link.to_str().is_some_and(|link| sockets.iter().any(|socket| socket == link));
        if files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok()).any(|link| held(&link)) {
            let name = std::fs::read_to_string(process.path().join("comm")).ok()?;
            return Some(Neighbour { pid, name: name.trim().to_owned() });
        }
    }
    None
}

/// Links of the sockets that listen on `port`, out of the kernel's table.
fn sockets(table: &str, port: u16) -> Vec<String> {
    /// `TCP_LISTEN` of the kernel.
    const LISTENS: &str = "0A";
    let local = format!(":{port:04X}");
    let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let listening = lines.filter(|words| {
        words.get(1).is_some_and(|address| address.ends_with(&local)) && words.get(3) == Some(&LISTENS)
    });
    listening.filter_map(|words| Some(format!("socket:[{}]", words.get(9)?))).collect()
}

/// The next port above `taken` that can be had now.
pub fn free_port(taken: u16) -> Option<u16> {
    let above = (1..=TRIED).filter_map(|step| taken.checked_add(step));
    let mut free = above.filter(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    free.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listening_socket_is_found_in_the_kernels_table() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
                     0: 0100007F:11D7 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1\n   \
                     1: 0100007F:11D7 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1\n";
        assert_eq!(sockets(table, 4567), ["socket:[4711]"]);
        assert!(sockets(table, 4568).is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_found_by_its_port() {
        let mine = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = mine.local_addr().unwrap().port();
        assert_eq!(listening_on(port).map(|it| it.pid), Some(std::process::id()));
        assert_ne!(free_port(port), Some(port));
    }
}
