//! Parameters and secrets, without their values: parameters of a Region in one list, secrets one by one.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all};

use super::unread;
use crate::aws::{Aws, found};
use crate::verify::{Answer, SecretFacts, SecretName, Store, Unread};

type Secrets = BTreeMap<SecretName, Answer<SecretFacts>>;

pub(super) async fn read(aws: &Aws, names: &BTreeSet<SecretName>) -> Secrets {
    let (parameters, secrets): (Vec<&SecretName>, Vec<&SecretName>) =
        names.iter().partition(|name| name.store == Store::Parameters);
    let secrets = secrets.into_iter().map(|name| async { (name.clone(), secret(aws, name).await) });
    let (parameters, secrets) = join(parameters_of(aws, parameters), join_all(secrets)).await;
    parameters.into_iter().chain(secrets).collect()
}

async fn secret(aws: &Aws, name: &SecretName) -> Answer<SecretFacts> {
    let reply = found(aws.secrets_manager.secret(&name.region, &name.id).await);
    let Some(secret) = reply.map_err(|error| unread(&error))? else {
        return Ok(SecretFacts::Missing);
    };
    Ok(SecretFacts::Secret {
        is_deleted: secret.deleted_date.is_some(),
        versions: secret.version_ids_to_stages,
    })
}

async fn parameters_of(aws: &Aws, names: Vec<&SecretName>) -> Secrets {
    let mut answers = Secrets::new();
    let mut by_region: BTreeMap<&str, Vec<(&SecretName, String)>> = BTreeMap::new();
    for name in names {
        if let Some(listed) = listed_as(&name.id, &aws.account) {
            by_region.entry(&name.region).or_default().push((name, listed));
        } else {
            let why = "it is in another account, which lists its parameters to nobody";
            answers.insert(name.clone(), Err(Unread::because(why)));
        }
    }
    let reads = by_region.into_iter().map(|(region, wanted)| async move {
        let names: Vec<String> = wanted.iter().map(|(_, listed)| listed.clone()).collect();
        let there = aws.ssm.parameters(region, &names).await;
        let answer = |listed: &String| match &there {
            Ok(there) if there.contains(listed) => Ok(SecretFacts::Parameter),
            Ok(_) => Ok(SecretFacts::Missing),
            Err(error) => Err(unread(error)),
        };
        wanted.iter().map(|(name, listed)| ((*name).clone(), answer(listed))).collect::<Vec<_>>()
    });
    answers.extend(join_all(reads).await.into_iter().flatten());
    answers
}

/// The name in the list: `/shop/db` for `arn:aws:ssm:eu-west-1:444455556666:parameter/shop/db` and for
/// `/shop/db:3`. An ARN does not tell `name` from `/name`: only names of one level have no slash.
fn listed_as(id: &str, account: &str) -> Option<String> {
    let name = match id.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", _, "ssm", _, owner, resource] => {
            if owner != account {
                return None;
            }
            let name = resource.strip_prefix("parameter").unwrap_or(resource);
            let inner = name.strip_prefix('/').unwrap_or(name);
            if inner.contains('/') { name } else { inner }
        }
        _ => id,
    };
    Some(name.split(':').next().unwrap_or(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::replay::{Replay, json};

    fn name(store: Store, id: &str) -> SecretName {
        SecretName { store, id: id.to_owned(), region: "eu-west-1".to_owned() }
    }

    #[test]
    fn parameters_are_listed_by_their_names() {
        let arn = "arn:aws:ssm:eu-west-1:444455556666:parameter";
        for (id, listed) in [
            ("/shop/db", Some("/shop/db")),
            ("/shop/db:3", Some("/shop/db")),
            ("db", Some("db")),
            (&format!("{arn}/shop/db"), Some("/shop/db")),
            (&format!("{arn}/db"), Some("db")),
            ("arn:aws:ssm:eu-west-1:111122223333:parameter/db", None),
        ] {
            assert_eq!(listed_as(id, "444455556666").as_deref(), listed, "{id}");
        }
    }

    #[tokio::test]
    async fn parameters_take_one_call_and_each_secret_one() {
        let [a, b] = ["/a", "/b"].map(|id| name(Store::Parameters, id));
        let names = BTreeSet::from([a.clone(), b.clone()]);
        let replay = Replay::new([json(200, r#"{"Parameters": [{"Name": "/a"}]}"#)]);
        let answers = read(&replay.aws(), &names).await;
        assert_eq!(answers[&a], Ok(SecretFacts::Parameter));
        assert_eq!(answers[&b], Ok(SecretFacts::Missing));
        assert_eq!(replay.bodies().len(), 1);

        let api = name(Store::SecretsManager, "api");
        let missing = r#"{"__type": "ResourceNotFoundException", "message": "can't find it"}"#;
        let denied = r#"{"__type": "AccessDeniedException", "message": "no"}"#;
        let replay = Replay::new([json(400, missing), json(400, denied)]);
        let names = BTreeSet::from([api.clone()]);
        assert_eq!(read(&replay.aws(), &names).await[&api], Ok(SecretFacts::Missing));
        let unread = Unread::denied("secretsmanager:DescribeSecret");
        let replay = Replay::new([json(400, denied)]);
        assert_eq!(read(&replay.aws(), &names).await[&api], Err(unread));
    }
}
