// A button in the page's four manners. `square`: an icon alone; its label is read out and shown on hover.
import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./button.module.css";
import { Icon, type IconName } from "./icon";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "primary" | "plain" | "ghost";
  large?: boolean;
  icon?: IconName;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", large = false, icon, children, className, ...rest }: ButtonProps) {
  const classes = [styles["button"], styles[look], large && styles["large"], className].filter(Boolean).join(" ");
  return (
    <button type="button" {...rest} className={classes}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "icon" | "children" | "aria-label" | "title"> {
  icon: IconName;
  label: string;
}

export function IconButton({ icon, label, look = "ghost", className, ...rest }: IconButtonProps) {
  const classes = [styles["square"], className].filter(Boolean).join(" ");
  return <Button {...rest} look={look} icon={icon} aria-label={label} title={label} className={classes} />;
}
