//! AWS Organizations: the lists of accounts and units, page by page. Real lists have pages that are empty and are not the
//! last, and accounts whose `State` older answers call `Status`; both are played on demand.

use serde_json::{Map, Value, json};

use super::error::ServiceError;
use super::member::{MemberAccount, Organization};
use super::scenario::Scenario;

/// The name of that service in the credential scope of a call.
pub(super) const SERVICE: &str = "organizations";

/// What a target begins with.
const TARGET: &str = "AWSOrganizationsV20161128.";

/// The id of the root of every simulated organisation.
const ROOT: &str = "r-abcd";

/// The answer to a call with this target header.
pub(super) fn answer(
    scenario: &Scenario,
    target: Option<&str>,
    body: &[u8],
) -> Result<Map<String, Value>, ServiceError> {
    let operation = target.and_then(|target| target.strip_prefix(TARGET)).unwrap_or_default();
    let parameters: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |key: &str| parameters.get(key).and_then(Value::as_str);
    let Some(organization) = &scenario.organization else {
        let message = "Your account is not a member of an organization.".to_owned();
        return Err(ServiceError::client("AWSOrganizationsNotInUseException", message));
    };
    if organization.denied {
        let message = "You don't have permissions to access this resource.".to_owned();
        return Err(ServiceError::client("AccessDeniedException", message));
    }
    let (name, all) = match (operation, text("ParentId"), text("ChildType")) {
        ("ListAccounts", _, _) => ("Accounts", accounts(scenario, organization, None)),
        ("ListAccountsForParent", Some(parent), _) => ("Accounts", accounts(scenario, organization, Some(parent))),
        ("ListChildren", Some(parent), Some(kind)) => ("Children", children(scenario, organization, (parent, kind))),
        ("ListRoots", _, _) => ("Roots", vec![json!({"Id": ROOT, "Name": "Root"})]),
        _ => return Err(ServiceError::unknown_operation(operation)),
    };
    if let Some(parent) = text("ParentId").filter(|parent| *parent != ROOT && !organization.units.contains_key(*parent))
    {
        let message = format!("We can't find a root or OU with the ParentId that you specified: {parent}");
        return Err(ServiceError::client("ParentNotFoundException", message));
    }
    page(organization, (name, all), text("NextToken"))
}

/// The page that a token asks for. A token is the number of items before it, with `e` where the empty page has gone before.
fn page(
    organization: &Organization,
    (name, all): (&str, Vec<Value>),
    token: Option<&str>,
) -> Result<Map<String, Value>, ServiceError> {
    let invalid =
        || ServiceError::client("InvalidInputException", "You specified an invalid value: NextToken".to_owned());
    let (offset, is_filled) = match token {
        None => (0, !organization.empty_pages),
        Some(token) => {
            let offset = token.strip_suffix('e').unwrap_or(token).parse().map_err(|_| invalid())?;
            (offset, token.ends_with('e') || !organization.empty_pages)
        }
    };
    let size = if is_filled { organization.page_size.unwrap_or(20).clamp(1, 20) as usize } else { 0 };
    let items: Vec<Value> = all.iter().skip(offset).take(size).cloned().collect();
    let next = offset + items.len();
    let mut answer = Map::from_iter([(name.to_owned(), Value::Array(items))]);
    if !is_filled {
        answer.insert("NextToken".to_owned(), format!("{next}e").into());
    } else if next < all.len() {
        answer.insert("NextToken".to_owned(), next.to_string().into());
    }
    Ok(answer)
}

/// The accounts in a unit, or all of them. The caller's account is in the root.
fn accounts(scenario: &Scenario, organization: &Organization, parent: Option<&str>) -> Vec<Value> {
    let own = MemberAccount { name: Some("hub".to_owned()), ..MemberAccount::default() };
    let all = [(&scenario.account, &own)].into_iter().chain(&scenario.accounts);
    let here = all.filter(|(_, member)| parent.is_none_or(|parent| unit_of(member) == parent));
    here.map(|(id, member)| {
        let name = member.name.clone().unwrap_or_else(|| format!("account {id}"));
        let state = member.state.as_deref().unwrap_or("ACTIVE");
        let key = if organization.has_status { "Status" } else { "State" };
        json!({"Id": id, "Name": name, key: state, "Arn": format!("arn:aws:organizations::{}:account/o-simulated/{id}", scenario.account)})
    })
    .collect()
}

fn children(scenario: &Scenario, organization: &Organization, (parent, kind): (&str, &str)) -> Vec<Value> {
    if kind == "ACCOUNT" {
        let accounts = accounts(scenario, organization, Some(parent)).into_iter();
        return accounts.map(|account| json!({"Id": account["Id"], "Type": kind})).collect();
    }
    let units = organization.units.iter().filter(|(_, above)| *above == parent);
    units.map(|(id, _)| json!({"Id": id, "Type": kind})).collect()
}

fn unit_of(member: &MemberAccount) -> &str {
    member.unit.as_deref().unwrap_or(ROOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(organization: Organization) -> Scenario {
        let member = |unit: Option<&str>, state: Option<&str>| MemberAccount {
            unit: unit.map(str::to_owned),
            state: state.map(str::to_owned),
            ..MemberAccount::default()
        };
        let accounts = [
            ("111122223333".to_owned(), member(Some("ou-abcd-11111111"), None)),
            ("222233334444".to_owned(), member(None, Some("SUSPENDED"))),
        ];
        let units = [("ou-abcd-11111111".to_owned(), ROOT.to_owned())].into();
        let organization = Some(Organization { units, ..organization });
        Scenario { accounts: accounts.into(), organization, ..Scenario::default() }
    }

    fn all_pages(scenario: &Scenario, operation: &str, parameters: Value) -> Vec<Vec<Value>> {
        let (mut pages, mut parameters) = (Vec::new(), parameters);
        loop {
            let target = format!("{TARGET}{operation}");
            let answer = answer(scenario, Some(&target), parameters.to_string().as_bytes()).unwrap();
            let list = answer.iter().find(|(name, _)| *name != "NextToken").unwrap().1;
            pages.push(list.as_array().unwrap().clone());
            let Some(token) = answer.get("NextToken") else { return pages };
            parameters["NextToken"] = token.clone();
        }
    }

    #[test]
    fn accounts_come_page_by_page_also_behind_empty_pages() {
        let organization = Organization { page_size: Some(2), empty_pages: true, ..Organization::default() };
        let pages = all_pages(&scenario(organization), "ListAccounts", json!({}));
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [0, 2, 0, 1]);
        assert_eq!(pages[3][0]["State"], "SUSPENDED");
        let older = Organization { has_status: true, ..Organization::default() };
        let pages = all_pages(&scenario(older), "ListAccounts", json!({}));
        assert_eq!((&pages[0][2]["Status"], pages[0][2].get("State")), (&json!("SUSPENDED"), None));
    }

    #[test]
    fn a_unit_has_its_accounts_and_the_root_its_units() {
        let scenario = scenario(Organization::default());
        let inside = all_pages(&scenario, "ListAccountsForParent", json!({"ParentId": "ou-abcd-11111111"}));
        assert_eq!((inside[0].len(), &inside[0][0]["Id"]), (1, &json!("111122223333")));
        let units = all_pages(&scenario, "ListChildren", json!({"ParentId": ROOT, "ChildType": "ORGANIZATIONAL_UNIT"}));
        assert_eq!(units[0][0]["Id"], "ou-abcd-11111111");
    }

    #[test]
    fn what_cannot_be_listed_is_refused_with_the_services_own_code() {
        let code = |scenario: &Scenario, operation: &str, body: &[u8]| {
            answer(scenario, Some(&format!("{TARGET}{operation}")), body).unwrap_err().code
        };
        assert_eq!(code(&Scenario::default(), "ListAccounts", b"{}"), "AWSOrganizationsNotInUseException");
        let denied = Organization { denied: true, ..Organization::default() };
        assert_eq!(code(&scenario(denied), "ListAccounts", b"{}"), "AccessDeniedException");
        let sound = scenario(Organization::default());
        assert_eq!(code(&sound, "ListAccountsForParent", br#"{"ParentId": "ou-x"}"#), "ParentNotFoundException");
        assert_eq!(code(&sound, "ListAccounts", br#"{"NextToken": "x"}"#), "InvalidInputException");
        assert_eq!(code(&sound, "CloseAccount", b"{}"), "UnknownOperationException");
    }
}
