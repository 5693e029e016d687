enum AttackPlaceholder {}
