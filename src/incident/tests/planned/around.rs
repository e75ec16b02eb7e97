//! What a silence, a warning and a call do where things move around them: covers that flip, roots that change, regions that
//! cannot be read, and work in more than one.

use super::{call, two_paths};
use crate::domain::Timestamp;

#[test]
fn a_removal_names_the_call_that_did_it_once_that_is_known() {
    let mut world = two_paths();
    world.poll(&[("vif 1", "deleting")]);
    assert_eq!(world.cause(), "It is being removed: it is deleting. AWS CloudTrail has the call.");
    let earlier = Timestamp::from_milliseconds(world.now.milliseconds() - 1_000);
    world.evidence = vec![
        call(earlier, "UpdateVirtualInterfaceAttributes", "dxvif-1"),
        call(world.now, "DeleteVirtualInterface", "dxvif-1"),
    ];
    world.minutes(1);
    assert_eq!(world.cause(), "It is being removed: it is deleting. The call was DeleteVirtualInterface by anna.");
    world.poll(&[("vif 1", "deleted")]);
    assert_eq!(world.cause(), "It was removed: it is deleted. The call was DeleteVirtualInterface by anna.");
}
