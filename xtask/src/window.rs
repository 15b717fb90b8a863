//! `cargo xtask demo --ui`: the Compose app in a window, over a post office with sample mail that lives as long as it.
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::bindings::Made;
use crate::{Done, layout, maven};

const MAIN: &str = "org.satchel.ui.desktop.DesktopDemo";

/// Opens the window and waits until it is closed.
pub(crate) fn open(made: &Made) -> Done {
    let classes = class_path(made)?;
    let home = std::env::temp_dir().join(format!("satchel-window-{}", std::process::id()));
    std::fs::create_dir_all(&home).map_err(|why| why.to_string())?;
    let mut office = Office::open(&made.post_office())?;
    let sample = office.sample()?;
    let mut window = Command::new("java");
    window
        .arg(format!("-Djna.library.path={}", made.native().display()))
        .arg("-Djna.nosys=true")
        .arg(format!("-Dhome={}", home.display()))
        .arg(format!("-Dserver=imaps://localhost:{}", office.imaps))
        .arg(format!("-Dca={}", office.authority))
        .arg(format!("-Duser={}", sample.user))
        .arg(format!("-Dpassword={}", sample.password))
        .args(["-cp", &classes, MAIN]);
    layout::forget_library_paths(&mut window);
    let ended = window.status();
    let _gone = std::fs::remove_dir_all(&home);
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the window ended with {status}")),
        Err(why) => Err(format!("java cannot be started: {why}")),
    }
}

/// Everything the screens need at run time, in the order Maven gives it.
fn class_path(made: &Made) -> Done<String> {
    let list = made.folder.join("window.classpath");
    let into = format!("-Dmdep.outputFile={}", list.display());
    let goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath";
    let arguments = ["-q", "-pl", "ui", "-am", "-DskipTests", "package", goal, &into];
    if !maven::run("window", made, &arguments)? {
        return Err("the screens did not build".to_owned());
    }
    let libraries = std::fs::read_to_string(&list).map_err(|why| why.to_string())?;
    let own: PathBuf = maven::android().join("ui/target/classes");
    Ok(format!("{}:{}", own.display(), libraries.trim()))
}

/// The post office program, ended with this.
struct Office {
    child: Child,
    answers: BufReader<ChildStdout>,
    imaps: String,
    authority: String,
}

/// Whose mail the sample is.
struct Sample {
    user: String,
    password: String,
}

impl Office {
    fn open(program: &Path) -> Done<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("{} cannot be started: {why}", program.display()))?;
        let answers = BufReader::new(child.stdout.take().ok_or("the post office cannot be heard")?);
        let mut office = Self { child, answers, imaps: String::new(), authority: String::new() };
        let ready = office.answer()?;
        for word in ready.split(' ') {
            match word.split_once('=') {
                Some(("imaps", port)) => port.clone_into(&mut office.imaps),
                Some(("ca", file)) => file.clone_into(&mut office.authority),
                _ => {}
            }
        }
        Ok(office)
    }

    fn sample(&mut self) -> Done<Sample> {
        let orders = self.child.stdin.as_mut().ok_or("the post office cannot be told anything")?;
        orders.write_all(b"sample\n").map_err(|why| why.to_string())?;
        let answer = self.answer()?;
        sample_in(&answer).ok_or_else(|| format!("the post office says: {answer}"))
    }

    fn answer(&mut self) -> Done<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|why| why.to_string())?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // It ends with its standard input, and removes what it wrote.
        drop(self.child.stdin.take());
        let _ended = self.child.wait();
    }
}

/// `ok ANN BEN PASSWORD`: the password may have spaces.
fn sample_in(answer: &str) -> Option<Sample> {
    let mut words = answer.splitn(4, ' ');
    let (said, user, _other, password) = (words.next()?, words.next()?, words.next()?, words.next()?);
    (said == "ok").then(|| Sample { user: user.to_owned(), password: password.to_owned() })
}

/// Why no window can be opened here, if so.
pub(crate) fn no_display() -> Option<String> {
    let shown = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let none = cfg!(target_os = "linux") && !shown;
    let pictures = layout::root().join("docs/screens");
    none.then(|| {
        format!(
            "there is no display here (DISPLAY is not set); {} has the screens as pictures",
            pictures.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_with_spaces_is_read_whole() {
        let sample = sample_in("ok ann@example.org ben@example.org sea and salt");
        assert!(sample.is_some_and(|it| it.user == "ann@example.org" && it.password == "sea and salt"));
        assert!(sample_in("error there is no such order").is_none());
    }
}
