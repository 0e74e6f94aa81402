//! What AWS's words say of the things that are concerned: what placeholders in sentences stand for.

use super::symptom::Symptom;

/// AWS's own words in a sentence, in characters.
const WORDS: usize = 200;

/// What ends a name in AWS's sentences.
const AROUND: &[char] = &['"', '\'', '`', ',', '(', ')', '[', ']', '{', '}', '<', '>'];

pub(super) struct Facts<'a> {
    symptom: &'a Symptom<'a>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(symptom: &'a Symptom<'a>) -> Self {
        Self { symptom }
    }

    /// A sentence with its placeholders filled in.
    pub(super) fn sentence(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            text += before;
            text += &self.phrase(name).expect("a test fills in every template of the table");
            rest = behind;
        }
        capitalized(&(text + rest).replace("….", "…"))
    }

    /// What a placeholder stands for; none if there is no such placeholder.
    pub(super) fn phrase(&self, name: &str) -> Option<String> {
        let or = |found: Option<String>, otherwise: &str| {
            Some(found.unwrap_or_else(|| otherwise.to_owned()))
        };
        let named = |noun: &str, found: Option<&str>| found.map(|name| format!("{noun} {name}"));
        match name {
            "container" => or(named("container", self.container()), "a container"),
            "image" => or(named("image", self.image()), "the image"),
            "registry" => or(self.image().map(registry), "the registry"),
            "platform" => or(self.platform().map(str::to_owned), "the platform of the task"),
            "secret" => or(self.secret(), "a secret of the task"),
            "store" => Some(self.store().to_owned()),
            "endpoint" => Some(self.endpoint().to_owned()),
            "key" => or(self.after("json key ").map(|key| format!("key `{key}`")), "the key"),
            "permission" => Some(self.permission()),
            "role" => or(named("role", self.role()), "the execution role"),
            "volume" => or(named("file system", self.file_system()), "the file system"),
            "zone" => or(named("in", self.zone()), "in the Availability Zone of the task"),
            "group" => or(named("target group", self.target_group()), "its target group"),
            "port" => or(named("port", self.port()), "the container's port"),
            "codes" => or(self.codes(), "an unexpected status code"),
            "exit" => or(self.symptom.exit_code().map(|code| code.to_string()), "an unknown code"),
            "instance" => or(
                named("container instance", self.after("container-instance ")),
                "the instance that matches best",
            ),
            "alarms" => Some(self.alarms()),
            "words" => Some(self.words()),
            _ => None,
        }
    }

    fn container(&self) -> Option<&'a str> {
        let name = self.symptom.container?.name.as_str();
        (!name.is_empty()).then_some(name)
    }

    /// As the manifest has it, if AWS speaks of the same one in full.
    fn image(&self) -> Option<&'a str> {
        let after = |words: &str| self.after(words);
        let told = after("resolve ref ").or_else(|| after("manifest for "));
        let told = told.or_else(|| after("access denied for "));
        let told = told.filter(|told| told.contains(['/', ':']));
        let own = self.symptom.image();
        match (told, own) {
            (Some(told), Some(own)) if !own.contains(told) && !told.contains(own) => Some(told),
            (told, own) => own.or(told),
        }
    }

    fn platform(&self) -> Option<&'a str> {
        self.token(|token| token.starts_with("linux/") || token.starts_with("windows/"))
    }

    fn secret(&self) -> Option<String> {
        let arn = self.token(|token| {
            token.starts_with("arn:")
                && (token.contains(":secretsmanager:") || token.contains(":parameter/"))
        });
        let parameter = || self.after("invalid ssm parameters: ");
        arn.map(|arn| format!("secret {arn}"))
            .or_else(|| parameter().map(|name| format!("parameter {name}")))
    }

    /// Where the secret or the credentials would have come from.
    fn store(&self) -> &'static str {
        let says = |word: &str| self.symptom.words.contains(word);
        match () {
            () if says("ssm") => "SSM Parameter Store",
            () if says("asm") || says("secrets manager") || says("secretsmanager") => {
                "Secrets Manager"
            }
            () if says("ecr") => "ECR",
            () => "ECR or Secrets Manager",
        }
    }

    /// The VPC endpoints by which it is reached without a route to the internet.
    fn endpoint(&self) -> &'static str {
        match self.store() {
            "SSM Parameter Store" => "`ssm`",
            "Secrets Manager" => "`secretsmanager`",
            _ => "`ecr.api`, `ecr.dkr`, `s3` and `logs`",
        }
    }

    fn permission(&self) -> String {
        let told = self.after("to perform: ").or_else(|| self.after("perform "));
        let told = told.filter(|action| action.contains(':'));
        let usual = match self.store() {
            "SSM Parameter Store" => "ssm:GetParameters",
            _ => "secretsmanager:GetSecretValue",
        };
        format!("`{}`", told.unwrap_or(usual))
    }

    fn role(&self) -> Option<&'a str> {
        let token =
            self.token(|token| token.contains(":assumed-role/") || token.contains(":role/"))?;
        let (kind, rest) = token.split_once('/')?;
        let name = if kind.ends_with("assumed-role") { rest.split('/').next()? } else { rest };
        Some(name)
    }

    fn file_system(&self) -> Option<&'a str> {
        self.token(|token| token.starts_with("fs-"))?.split(['.', ':', '/']).next()
    }

    fn zone(&self) -> Option<&'a str> {
        self.symptom.task?.availability_zone.as_deref()
    }

    fn target_group(&self) -> Option<&'a str> {
        let told = self.token(|token| token.contains(":targetgroup/")).or_else(|| {
            self.symptom.evidence.targets.first().map(|target| target.target_group.as_str())
        });
        let told = told.map(|arn| arn.split('/').nth(1).unwrap_or(arn));
        told.or_else(|| self.after("(target-group ")).or_else(|| self.after("(elb "))
    }

    fn port(&self) -> Option<&'a str> {
        let told = self.after("(port ");
        let target = self.symptom.evidence.targets.first();
        told.or_else(|| Some(target?.target.rsplit_once(':')?.1))
    }

    /// Of the target that the text is about, or of any.
    fn codes(&self) -> Option<String> {
        let evidence = self.symptom.evidence;
        let targets = evidence.targets.iter().filter_map(|target| target.description.as_deref());
        let events = evidence.events.iter().map(|event| event.message.as_str());
        let mut texts = [self.symptom.text.as_str()].into_iter().chain(targets).chain(events);
        texts.find_map(|text| {
            let (codes, _) = text.split_once("codes: [")?.1.split_once(']')?;
            Some(codes.to_owned())
        })
    }

    fn alarms(&self) -> String {
        let alarms = &self.symptom.evidence.alarms;
        let noun = if alarms.len() == 1 { "alarm" } else { "alarms" };
        format!("{noun} {}", alarms.join(", "))
    }

    /// The first line of AWS's own words, without what begins and ends every such line.
    fn words(&self) -> String {
        let line = self.symptom.text.lines().next().unwrap_or_default();
        let said = if line.starts_with("(service ") { ") " } else { "Error: " };
        let line = line.split_once(said).map_or(line, |(_, said)| said);
        let line = line.trim().trim_end_matches('.');
        if line.is_empty() {
            return "ECS says no more".to_owned();
        }
        let cut: String = line.chars().take(WORDS).collect();
        if cut.len() < line.len() { cut + "…" } else { cut }
    }

    /// The name that follows these words.
    fn after(&self, words: &str) -> Option<&'a str> {
        let (_, rest) = self.symptom.text.split_once(words)?;
        tokens(rest).next()
    }

    fn token(&self, is_meant: impl Fn(&str) -> bool) -> Option<&'a str> {
        tokens(&self.symptom.text).find(|token| is_meant(token))
    }
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| character.is_whitespace() || AROUND.contains(&character))
        .map(|token| token.trim_end_matches([':', '.', ';', '!']))
        .filter(|token| !token.is_empty())
}

/// The host of an image: Docker Hub where there is none.
fn registry(image: &str) -> String {
    let host = image.split_once('/').map(|(host, _)| host);
    let host = host.filter(|host| host.contains(['.', ':']));
    host.unwrap_or("docker.io").to_owned()
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next();
    first.into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}
